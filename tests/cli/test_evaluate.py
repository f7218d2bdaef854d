"""A saved run is measured."""

import json

import numpy as np
import pytest

from mnist_studio import paths
from mnist_studio.__main__ import main
from mnist_studio.cli.chosen_runs import BUNDLED
from mnist_studio.data.distortion import STRENGTHS, Distortion
from mnist_studio.insight.calibration import calibrate
from mnist_studio.insight.choice import worst_mistakes
from mnist_studio.insight.confusion import confusion_of
from mnist_studio.insight.robustness import robustness
from mnist_studio.runs.opened import open_run
from mnist_studio.runs.store import RunStore
from mnist_studio.training.answers import ask, gather
from mnist_studio.training.parts import Part, answer_part

from ..training.builders import save_spoilt_run, small_run, strange_copy, train
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


def test_the_run_that_comes_along_has_a_name_and_is_measured_on_what_it_has_not_seen(capsys):
    assert main(["evaluate", BUNDLED, "--calibration", "--json"]) == 0
    output, errors = capsys.readouterr()
    result = json.loads(output)
    assert errors == ""
    assert (result["dataset"], result["images"]) == ("mnist-10k", 2000)
    assert result["test_accuracy"] > 0.99
    assert result["calibration"]["fitted_on"] == 800


def test_a_run_in_the_folder_of_runs_is_named_by_its_number(run_file, blobs, monkeypatch, capsys):
    monkeypatch.setattr("mnist_studio.data.loading.load", lambda name, folder: blobs)
    path = RunStore(paths.runs_folder()).reserve()
    path.write_bytes(run_file.read_bytes())
    assert main(["evaluate", "1"]) == 0
    numbered = capsys.readouterr().out
    assert main(["evaluate", str(path)]) == 0
    assert capsys.readouterr().out == numbered


def test_a_file_of_the_name_of_the_run_that_comes_along_goes_before(
    run_file, blobs, tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr("mnist_studio.data.loading.load", lambda name, folder: blobs)
    monkeypatch.chdir(tmp_path)
    (tmp_path / BUNDLED).write_bytes(run_file.read_bytes())
    assert main(["evaluate", BUNDLED]) == 0
    own = capsys.readouterr().out
    assert main(["evaluate", str(run_file)]) == 0
    assert capsys.readouterr().out == own


def test_a_folder_that_no_image_would_be_read_from_is_refused(run_file, capsys):
    assert main(["evaluate", str(run_file), "--folder", "mine"]) == 2
    errors = capsys.readouterr().err
    assert_one_sentence(errors)
    assert "is not read from mine" in errors


def test_settings_that_are_not_known_are_named(run_file, blobs, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("mnist_studio.data.loading.load", lambda name, folder: blobs)
    path = strange_copy(run_file, tmp_path, mixup=0.2, schedule="plateau")
    assert main(["evaluate", str(path), "--json"]) == 0
    output, errors = capsys.readouterr()
    assert_one_sentence(errors)
    assert "schedule, mixup" in errors
    assert json.loads(output)["images"] == 100


def test_it_says_what_is_taken_for_what_and_the_worst_mistakes(
    run_file, blobs, monkeypatch, capsys
):
    monkeypatch.setattr("mnist_studio.data.loading.load", lambda name, folder: blobs)
    assert main(["evaluate", str(run_file), "--confusion", "--mistakes", "3", "--json"]) == 0
    (result,) = lines(capsys)
    network = open_run(run_file).network
    answers = gather(ask(network, blobs.test_images, blobs.test_labels))
    confusion = confusion_of(answers, blobs.class_names)
    assert result["confusion"]["classes"] == list("0123456789")
    assert result["confusion"]["counts"] == confusion.counts.tolist()
    np.testing.assert_allclose(
        np.array(result["confusion"]["precision"], float), confusion.precision
    )
    assert result["mistakes"] == [each._asdict() for each in worst_mistakes(answers, 3)]
    assert len(result["mistakes"]) == 3


def test_people_get_a_table_with_recall_f1_and_precision(run_file, blobs, monkeypatch, capsys):
    monkeypatch.setattr("mnist_studio.data.loading.load", lambda name, folder: blobs)
    assert main(["evaluate", str(run_file), "--confusion", "--mistakes", "2"]) == 0
    head, *rows, precision, first, second = capsys.readouterr().out.splitlines()[1:]
    assert head.split() == [*"0123456789", "recall", "F1"]
    confusion = confusion_of(
        gather(ask(open_run(run_file).network, blobs.test_images, blobs.test_labels)),
        blobs.class_names,
    )
    figures = (confusion.counts.tolist(), confusion.f1.tolist())
    for name, row, counts, f1 in zip("0123456789", rows, *figures, strict=True):
        *cells, _recall, last = row.split()
        assert cells == [name, *(str(count or "·") for count in counts)]
        assert last == f"{100 * f1:.1f}"
    assert precision.split()[0] == "precision"
    assert first.startswith("image ")
    assert " taken for " in second


@pytest.mark.parametrize(
    ("count", "reason"), [("-1", "-1 is below 0"), ("many", "'many' is not a whole number")]
)
def test_a_wrong_number_of_mistakes_is_refused(run_file, capsys, count, reason):
    with pytest.raises(SystemExit) as end:
        main(["evaluate", str(run_file), "--mistakes", count])
    assert end.value.code == 2
    assert reason in capsys.readouterr().err


def test_it_says_how_far_its_probabilities_can_be_believed(run_file, blobs, monkeypatch, capsys):
    monkeypatch.setattr("mnist_studio.data.loading.load", lambda name, folder: blobs)
    assert main(["evaluate", str(run_file), "--calibration", "--json"]) == 0
    (result,) = lines(capsys)
    run = open_run(run_file)
    test = gather(ask(run.network, blobs.test_images, blobs.test_labels))
    config = run.checkpoint.config.data
    validation = answer_part(run.network, blobs, Part.VALIDATION, config).answers
    expected = calibrate(validation, test)
    found = result["calibration"]
    assert found["fitted_on"] == 60
    assert found["temperature"] == expected.fitted.value
    for name, figures in (("before", expected.before), ("after", expected.after)):
        assert found[name]["loss"] == figures.loss
        assert found[name]["expected_calibration_error"] == figures.reliability.error
        assert found[name]["counts"] == figures.reliability.counts.tolist()
        assert sum(found[name]["counts"]) == 100
        np.testing.assert_allclose(
            np.array(found[name]["accuracy"], float), figures.reliability.accuracy
        )
    assert found["before"]["answered_share"][-1] == 1.0
    assert found["before"]["answered_accuracy"][-1] == pytest.approx(result["test_accuracy"])
    assert main(["evaluate", str(run_file), "--calibration"]) == 0
    _, error, temperature, head, *rows = capsys.readouterr().out.splitlines()
    assert f"{100 * expected.before.reliability.error:.2f} %" in error
    assert "60 validation images" in temperature
    assert head.split() == ["sure", "from", "to", "images", "mean", "right"]
    filled = [int(count) for count in expected.before.reliability.counts if count]
    assert [int(row.split()[2]) for row in rows[: len(filled)]] == filled


def test_the_calibration_of_spoilt_weights_is_unknown(blobs, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("mnist_studio.data.loading.load", lambda name, folder: blobs)
    path = tmp_path / "spoilt.npz"
    save_spoilt_run(path, blobs)
    assert main(["evaluate", str(path), "--calibration", "--mistakes", "1", "--json"]) == 0
    (result,) = lines(capsys)
    found, (mistake,) = result["calibration"], result["mistakes"]
    assert (mistake["probability"], mistake["loss"]) == (None, None)
    assert (found["temperature"], found["after"]) == (None, None)
    assert found["before"]["unknown"] == 100
    assert main(["evaluate", str(path), "--calibration"]) == 0
    assert "no temperature could be fitted" in capsys.readouterr().out


def test_it_says_how_it_does_on_distorted_images(run_file, blobs, monkeypatch, capsys):
    monkeypatch.setattr("mnist_studio.data.loading.load", lambda name, folder: blobs)
    assert main(["evaluate", str(run_file), "--robustness", "--json"]) == 0
    (result,) = lines(capsys)
    expected = robustness(open_run(run_file).network, blobs.test_images, blobs.test_labels)
    assert set(result["robustness"]) == set(Distortion)
    for kind, figures in result["robustness"].items():
        assert figures["strengths"] == list(STRENGTHS[kind])
        assert figures["accuracies"] == list(expected[Distortion(kind)])
    assert result["robustness"]["rotation"]["unit"] == "degrees clockwise"
    assert main(["evaluate", str(run_file), "--robustness"]) == 0
    output = capsys.readouterr().out.splitlines()[1:]
    assert len(output) == 3 * len(Distortion)
    assert output[0].startswith("Noise (standard deviation")
    assert [float(word) for word in output[1].split()] == list(STRENGTHS[Distortion.NOISE])
