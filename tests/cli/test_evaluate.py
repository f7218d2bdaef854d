"""A saved run is measured."""

import json

from mnist_studio.__main__ import main

from ..training.builders import small_run, train
from .helpers import assert_one_sentence, lines, trained_on


def test_evaluate_measures_on_the_test_part(run_file, blobs, monkeypatch, capsys):
    monkeypatch.setattr("mnist_studio.data.loading.load", lambda name, folder: blobs)
    assert main(["evaluate", str(run_file), "--json"]) == 0
    (result,) = lines(capsys)
    test = train(small_run(epochs=1), blobs).history.test
    assert result == {
        "event": "evaluated",
        "dataset": "mnist-10k",
        "images": 100,
        "test_accuracy": test.accuracy,
        "test_loss": test.loss,
    }
    assert main(["evaluate", str(run_file)]) == 0
    output, errors = capsys.readouterr()
    assert output.startswith(f"mnist-10k: test accuracy {test.accuracy:.2%}, loss ")
    assert errors == ""


def test_evaluating_on_images_trained_on_is_warned_of(run_file, tmp_path, capsys):
    path = trained_on(run_file, "mnist", tmp_path)
    assert main(["evaluate", str(path), "--dataset", "mnist-10k", "--json"]) == 0
    output, errors = capsys.readouterr()
    assert_one_sentence(errors)
    assert "trained on" in errors
    assert json.loads(output)["images"] == 2000
