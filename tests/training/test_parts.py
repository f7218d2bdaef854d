"""The parts of a data set, and what a network answers to them."""

import numpy as np

from mnist_studio.data.split import split
from mnist_studio.training.parts import Part, answer_part, images_of, unseen_images

from .builders import small_run, train


def test_validation_images_are_those_that_the_run_set_aside(blobs):
    config = small_run(epochs=1)
    network = train(config, blobs).network.freeze()
    answers = answer_part(network, blobs, Part.VALIDATION, config.data).answers
    expected = split(blobs.train_labels, 0.2, config.data.split_seed).validation_indices
    np.testing.assert_array_equal(answers.indices, expected)
    np.testing.assert_array_equal(answers.labels, blobs.train_labels[expected])
    logits = network.logits(blobs.train_images[expected] / np.float32(255))
    np.testing.assert_allclose(answers.logits, logits, rtol=1e-4, atol=1e-5)
    none = small_run(validation_fraction=0.0)
    assert len(answer_part(network, blobs, Part.VALIDATION, none.data).answers.labels) == 0


def test_unseen_images_are_those_for_validation_or_for_the_test_where_there_are_none(blobs):
    config = small_run().data
    part, found = unseen_images(blobs, config, 5)
    assert part is Part.VALIDATION
    expected = images_of(blobs, Part.VALIDATION, config).indices[:5]
    np.testing.assert_array_equal(found.indices, expected)
    part, found = unseen_images(blobs, small_run(validation_fraction=0.0).data)
    assert part is Part.TEST
    np.testing.assert_array_equal(found.images[found.indices], blobs.test_images)
    np.testing.assert_array_equal(found.labels, blobs.test_labels)
