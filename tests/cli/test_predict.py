"""An image file is classified."""

import io
import os

import numpy as np
import pytest
from PIL import Image, ImageFile

from mnist_studio.__main__ import main
from mnist_studio.data.registry import DATASETS

from ..training.builders import save_spoilt_run
from .helpers import assert_one_sentence, lines, trained_on


def test_predict_tells_the_class_and_all_probabilities(run_file, tmp_path, capsys):
    picture = tmp_path / "a digit.png"
    pixels = np.full((60, 60), 255, np.uint8)
    pixels[10:50, 28:34] = 0
    Image.fromarray(pixels).save(picture)
    assert main(["predict", str(run_file), str(picture), "--json"]) == 0
    (result,) = lines(capsys)
    assert result["event"] == "predicted"
    assert sum(result["probabilities"]) == pytest.approx(1, abs=1e-5)
    assert result["probability"] == max(result["probabilities"])
    assert result["class_name"] == str(result["prediction"])
    assert main(["predict", str(run_file), str(picture)]) == 0
    assert capsys.readouterr().out.split()[0] == result["class_name"]


def test_classes_have_the_names_of_the_runs_data_set(run_file, tmp_path, capsys):
    picture = tmp_path / "shirt.png"
    pixels = np.zeros((28, 28), np.uint8)
    pixels[5:20, 5:20] = 200
    Image.fromarray(pixels).save(picture)
    path = trained_on(run_file, "fashion-mnist", tmp_path)
    assert main(["predict", str(path), str(picture), "--json"]) == 0
    (result,) = lines(capsys)
    assert result["class_name"] == DATASETS["fashion-mnist"].class_names[result["prediction"]]


def png_with_an_unknown_chunk() -> bytes:
    file = io.BytesIO()
    Image.new("L", (40, 40), 99).save(file, "PNG")
    return file.getvalue().replace(b"IDAT", b"hA\x90\xf6")


@pytest.mark.parametrize(
    "content", [b"no image", b"", b"\x89PNG\r\n\x1a\n broken", png_with_an_unknown_chunk()]
)
def test_what_is_no_image_is_told(run_file, tmp_path, capsys, content):
    picture = tmp_path / "picture.png"
    picture.write_bytes(content)
    assert main(["predict", str(run_file), str(picture)]) == 1
    assert_one_sentence(capsys.readouterr().err)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names")
@pytest.mark.parametrize("command", ["predict", "evaluate", "export"])
def test_a_pipe_is_refused_and_not_waited_for(command, run_file, tmp_path, capsys):
    os.mkfifo(tmp_path / "a.npz")
    words = {
        "predict": ["predict", run_file, tmp_path / "a.npz"],
        "evaluate": ["evaluate", tmp_path / "a.npz"],
        "export": ["export", tmp_path / "a.npz", "--output", tmp_path / "a.csv"],
    }
    assert main([str(word) for word in words[command]]) == 1
    assert_one_sentence(capsys.readouterr().err)


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_unpacked(
    run_file, tmp_path, capsys, monkeypatch
):
    picture, unpacked = tmp_path / "bomb.png", []
    Image.new("1", (12_000, 12_000)).save(picture)
    monkeypatch.setattr(ImageFile.ImageFile, "load", lambda image: unpacked.append(image))
    assert main(["predict", str(run_file), str(picture)]) == 1
    assert unpacked == []
    errors = capsys.readouterr().err.replace(str(picture), "")  # which may hold any number
    assert "144" not in errors  # as Pillow counts them
    assert "12,000 x 12,000 pixels" in errors
    assert_one_sentence(errors)


def test_a_large_picture_is_read_as_a_small_one_is(run_file, tmp_path, capsys):
    small = np.full((280, 140), 255, np.uint8)
    small[40:240, 60:80] = 0
    transparent = Image.fromarray(np.dstack([np.zeros_like(small)] * 3 + [255 - small]))
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    turned = Image.fromarray(np.rot90(small)).resize((2240, 1120), Image.Resampling.NEAREST)
    Image.fromarray(small).save(tmp_path / "small.png")
    transparent.resize((1400, 2800), Image.Resampling.NEAREST).save(tmp_path / "large.png")
    turned.save(tmp_path / "turned.jpg", exif=exif, quality=98)
    answers = []
    for name in ("small.png", "large.png", "turned.jpg"):
        assert main(["predict", str(run_file), str(tmp_path / name), "--json"]) == 0
        (result,) = lines(capsys)
        answers.append(result["probabilities"])
    for other in answers[1:]:
        np.testing.assert_allclose(other, answers[0], atol=0.03)


def test_an_empty_picture_has_no_answer(run_file, tmp_path, capsys):
    picture = tmp_path / "empty.png"
    Image.new("L", (40, 40), 255).save(picture)
    assert main(["predict", str(run_file), str(picture)]) == 1
    assert "nothing is drawn" in capsys.readouterr().err


@pytest.mark.parametrize("kind", ["I;16", "I"])
def test_gray_levels_of_16_bits_are_read_as_those_of_8_are(run_file, tmp_path, capsys, kind):
    pixels = np.full((60, 60), 230, np.uint8)
    pixels[10:50, 28:34] = 40
    Image.fromarray(pixels).save(tmp_path / "bytes.png")
    deep = Image.fromarray(pixels.astype(np.uint16 if kind == "I;16" else np.int32) * 257)
    assert deep.mode == kind
    deep.save(tmp_path / "deep.tif")
    answers = []
    for name in ("bytes.png", "deep.tif"):
        assert main(["predict", str(run_file), str(tmp_path / name), "--json"]) == 0
        answers += lines(capsys)
    assert answers[0] == answers[1]


def test_gray_levels_in_fractions_are_refused(run_file, tmp_path, capsys):
    Image.fromarray(np.eye(40, dtype=np.float32)).save(tmp_path / "fractions.tif")
    assert main(["predict", str(run_file), str(tmp_path / "fractions.tif")]) == 1
    assert_one_sentence(capsys.readouterr().err)


def test_a_network_of_spoilt_weights_has_no_answer(blobs, tmp_path, capsys):
    save_spoilt_run(tmp_path / "spoilt.npz", blobs)
    Image.fromarray(np.eye(40, dtype=np.uint8) * 255).save(tmp_path / "digit.png")
    words = [str(tmp_path / "spoilt.npz"), str(tmp_path / "digit.png")]
    assert main(["predict", *words]) == 1
    assert_one_sentence(capsys.readouterr().err)
