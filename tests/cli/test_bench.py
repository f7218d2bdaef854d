"""The terminal measures the speed."""

from mnist_studio.__main__ import main

from .helpers import assert_one_sentence, lines


def test_bench_measures_the_chosen_settings(capsys, monkeypatch):
    from mnist_studio.training import benchmark

    asked = []

    def run_benchmark(config, dataset):
        asked.append((config.training.batch_size, dataset.name))
        return benchmark.BenchmarkResult(1000.0, 1.25, 1, {1: 1000.0})

    monkeypatch.setattr(benchmark, "run_benchmark", run_benchmark)
    assert main(["bench", "--batch-size", "7", "--json"]) == 0
    assert asked == [(7, "mnist-10k")]
    (result,) = lines(capsys)
    assert result["event"] == "benchmarked"
    assert result["images_per_second"] == 1000.0


def test_what_explodes_at_once_is_told_in_a_sentence(capsys):
    words = ["bench", "--hidden", *["50"] * 12, "--dropout", "0.9"]
    assert main(words) == 1
    assert_one_sentence(capsys.readouterr().err)
