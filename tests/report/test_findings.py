"""Sentences that follow from the figures."""

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_studio.report.aggregate import group_runs
from mnist_studio.report.comparison import compare
from mnist_studio.report.findings import find
from mnist_studio.report.noise import noise_of, pooled_deviation
from mnist_studio.report.trends import Trend, trend_of
from mnist_studio.runs.label import RunLabel
from mnist_studio.training.status import RunStatus

from .builders import OUT_OF_MEMORY, diverged, record, replaced, sweep


def test_larger_batches_that_did_worse():
    found = find(sweep("batch_size", {500: 0.961, 10: 0.98, 50: 0.972}))
    assert found.sentence == (
        "Larger batches did worse at a learning rate of 0.1: validation accuracy fell from "
        "98.0 % at batch 10 to 96.1 % at batch 500."
    )
    assert found.comparison.trend() is Trend.FALLING
    assert [group.values["batch_size"] for group in found.comparison.groups] == [10, 50, 500]


def test_higher_rates_that_did_better():
    found = find(sweep("learning_rate", {0.01: 0.90, 0.05: 0.95, 0.1: 0.97}))
    assert found.sentence == (
        "Higher learning rates did better with batches of 16: validation accuracy rose from "
        "90.0 % at 0.01 to 97.0 % at 0.1."
    )


def test_a_best_value_inside():
    found = find(sweep("learning_rate", {0.01: 0.90, 0.1: 0.979, 0.5: 0.95}))
    assert found.sentence == (
        "The best learning rate was 0.1 (97.9 %); smaller and larger ones did worse "
        "(90.0 % at 0.01, 95.0 % at 0.5)."
    )


def test_divergence_is_told():
    found = find(sweep("learning_rate", {0.01: 0.90, 0.1: 0.979, 1.0: None, 5.0: None}))
    assert found.sentence == (
        "The best learning rate was 0.1 (97.9 %), the worst 0.01 (90.0 %); "
        "at 1, 5 the training diverged."
    )
    only = find(sweep("learning_rate", {0.1: 0.979, 1.0: None}))
    assert only.sentence == "Only learning rate 0.1 trained (97.9 %); at 1 the training diverged."


def test_everything_diverged():
    found = find(sweep("learning_rate", {1.0: None, 5.0: None}))
    assert found.sentence.startswith("Every training diverged")
    assert found.remarks == ()


def test_nothing_finished_an_epoch_yet():
    runs = [record(None, test=None, status=RunStatus.RUNNING, batch_size=b) for b in (10, 20)]
    found = find(runs)
    assert found.text == "No run has finished an epoch yet. Runs not trained to the end: 2."


def test_no_run_came_to_an_end():
    found = find([record(None, test=None, failure=OUT_OF_MEMORY)])
    assert found.text == (
        "No run came to an end; the table says why. Runs that failed for another reason: 1."
    )


def test_no_clear_trend():
    scores = {0.0: 0.90, 0.1: 0.97, 0.2: 0.90, 0.3: 0.98}
    found = find(sweep("dropout", scores))
    assert found.sentence == (
        "There is no clear trend: the best dropout was 0.3 (98.0 %), the worst 0 (90.0 %)."
    )


def test_names_have_no_order():
    found = find(sweep("optimizer", {"sgd": 0.95, "adam": 0.98}))
    assert found.sentence == "The best optimizer was adam (98.0 %), the worst sgd (95.0 %)."


def test_one_hidden_layer_is_ordered_by_its_width_and_several_are_not():
    widths = [record(s, hidden=(w,)) for w, s in ((100, 0.95), (20, 0.90))]
    assert find(widths).sentence == (
        "Wider hidden layers did better: validation accuracy rose from 90.0 % with 20 neurons "
        "to 95.0 % with 100 neurons."
    )
    depths = [record(s, hidden=h) for h, s in (((20,), 0.90), ((20, 20), 0.95))]
    assert find(depths).sentence == ("The best network was 20-20 (95.0 %), the worst 20 (90.0 %).")


def test_differences_within_the_noise_of_the_seeds():
    # Deviations of 0.1 % each: the threshold is 2 * 0.001 * sqrt(2 / 2) = 0.2 %.
    scores = {10: [0.98, 0.98 + 0.001 * math.sqrt(2)], 20: [0.979, 0.979 + 0.001 * math.sqrt(2)]}
    found = find(sweep("batch_size", scores))
    assert found.comparison.noise.threshold == pytest.approx(0.002)
    assert found.comparison.noise.seeds == 2
    assert found.sentence == (
        "The differences are within the noise of the seeds (±0.10 points): the validation accuracy "
        "is between 97.97 % and 98.07 % everywhere."
    )
    assert not any("chance" in remark for remark in found.remarks)


def test_an_accuracy_that_is_the_same_everywhere_is_said_once():
    assert find(sweep("batch_size", {10: 0.98, 20: 0.98})).sentence == (
        "The differences may be chance: the validation accuracy is 98.0 % everywhere."
    )


def test_with_one_seed_the_number_of_images_decides():
    # sqrt(0.98 * 0.02 / 6000) = 0.18 %.
    found = find(sweep("batch_size", {10: 0.98, 20: 0.978}))
    assert found.comparison.noise.threshold == pytest.approx(2 * math.sqrt(0.98 * 0.02 / 6000))
    assert found.sentence == (
        "The differences may be chance: the validation accuracy is between 97.80 % and 98.00 % "
        "everywhere."
    )
    assert found.remarks == ("One seed each: differences below about 0.4 points may be chance.",)


def test_the_threshold_of_several_seeds_is_told():
    scores = {10: [0.98, 0.98 + 0.001 * math.sqrt(2)], 20: [0.95, 0.95 + 0.001 * math.sqrt(2)]}
    found = find(sweep("batch_size", scores))
    assert found.remarks == (
        "Differences below about 0.2 points are within the noise of the seeds.",
    )


@pytest.mark.parametrize("scores", [{10: 1.0, 20: 0.9}, {10: [0.98, 0.98], 20: [0.9, 0.9]}])
def test_where_nothing_scattered_no_difference_is_said_to_be_chance(scores):
    found = find(sweep("batch_size", scores))
    assert found.comparison.noise.threshold == 0
    assert found.remarks == ()


def test_seeds_that_diverged_in_part_are_told():
    found = find(sweep("learning_rate", {0.1: [0.97, 0.971], 1.0: [0.9, None]}))
    assert "Of 2 runs with learning rate 1, 1 diverged." in found.remarks


def test_fewer_updates_are_told_if_there_are_many_times_fewer():
    runs = [
        record(0.98, batch_size=10, step=120_000, seconds=31.0),
        record(0.96, batch_size=500, step=2400, seconds=4.0),
    ]
    assert find(runs).remarks[-1] == (
        "The same number of epochs means 50 times fewer updates at batch 500 (2\u202f400) than "
        "at batch 10 (120\u202f000); it took 4.0 s instead of 31 s."
    )
    timed = [
        record(0.98, batch_size=b, step=s, max_seconds=5.0) for b, s in ((10, 9000), (500, 90))
    ]
    assert not any("updates" in remark for remark in find(timed).remarks)


def two(scores):
    return [
        record(score, batch_size=batch, learning_rate=rate)
        for (batch, rate), score in scores.items()
    ]


def test_two_settings_that_agree():
    found = find(two({(10, 0.05): 0.96, (10, 0.1): 0.98, (100, 0.05): 0.92, (100, 0.1): 0.94}))
    assert found.sentence == (
        "The best of 4 settings was learning rate 0.1, batch size 10 (98.0 %), the worst "
        "learning rate 0.05, batch size 100 (92.0 %)."
    )
    assert found.remarks[:2] == (
        "Higher learning rates did better at every batch size.",
        "Larger batches did worse at every learning rate.",
    )


def test_two_settings_that_depend_on_each_other():
    found = find(two({(10, 0.05): 0.98, (10, 0.5): 0.90, (100, 0.05): 0.92, (100, 0.5): 0.97}))
    assert found.remarks[0] == (
        "The best learning rate depends on the batch size: 0.05 at batch 10, 0.5 at batch 100."
    )


def test_two_settings_with_a_middle_that_is_best_say_nothing_of_a_direction():
    scores = {(b, r): 0.9 for b in (10, 20, 50) for r in (0.05, 0.1, 0.5)}
    scores |= {(b, 0.1): 0.98 for b in (10, 20, 50)}
    remarks = find(two(scores)).remarks
    assert not any("at every" in remark or "depends" in remark for remark in remarks)


def test_a_name_among_two_settings_has_no_direction():
    runs = [
        record(score, schedule=schedule, batch_size=size)
        for (schedule, size), score in {
            ("constant", 10): 0.9,
            ("constant", 20): 0.95,
            ("cosine", 10): 0.8,
            ("cosine", 20): 0.85,
        }.items()
    ]
    assert find(runs).remarks[0] == "Larger batches did better at every schedule."
    assert not any(remark.startswith("Larger values (Sch") for remark in find(runs).remarks)


def test_three_settings_that_differ_are_named_by_their_runs():
    runs = [
        record(0.9, number=4, batch_size=10, learning_rate=0.1, epochs=2),
        record(0.95, number=5, batch_size=20, learning_rate=0.2, epochs=3),
    ]
    assert find(runs).sentence == (
        "The best of 2 settings was run 5 (95.0 %), the worst run 4 (90.0 %)."
    )
    runs.append(diverged(number=6, batch_size=50, learning_rate=9.0, epochs=3))
    assert find(runs).sentence.endswith("(90.0 %); with run 6 the training diverged.")


def test_a_run_that_was_never_validated_has_its_test():
    run = replaced(record(0.9, test=0.85, validation_fraction=0.0), best=None)
    assert find([run]).text == "The test accuracy is 85.00 %."


def test_accuracies_close_together_have_another_digit():
    found = find(sweep("learning_rate", {0.1: [0.9801, 0.9801], 0.2: [0.9822, 0.9822]}))
    assert "rose from 98.01 % at 0.1 to 98.22 % at 0.2" in found.sentence


def test_updates_are_not_compared_where_the_epochs_differ():
    runs = [
        replaced(record(0.98, batch_size=10, step=9000), epochs=5),
        record(0.9, batch_size=500, step=90),
    ]
    assert not any("updates" in remark for remark in find(runs).remarks)
    similar = [record(0.98, batch_size=b, step=s) for b, s in ((10, 300), (20, 150))]
    assert not any("updates" in remark for remark in find(similar).remarks)


def test_names_of_runs_are_taken_as_they_are():
    names = {0.9: "{score}", 0.98: "{0} %s"}
    runs = [
        record(score, label=RunLabel(name), batch_size=k, learning_rate=k / 9, epochs=k)
        for k, (score, name) in enumerate(names.items(), 4)
    ]
    assert find(runs).sentence == (
        "The best of 2 settings was {0} %s (98.0 %), the worst {score} (90.0 %)."
    )


def test_a_single_group():
    assert find([record(0.9)]).text == (
        "The validation accuracy reached 90.00 % after epoch 3 of 3."
    )
    several = find([record(0.9, seed=1), record(0.92, seed=2)])
    assert several.sentence == (
        "Over 2 seeds the validation accuracy was 91.00 ± 1.41 %, from 90.00 % to 92.00 %."
    )


def test_without_validation_the_test_accuracy_is_compared():
    runs = [
        record(math.nan, test=t, batch_size=b, validation_fraction=0.0)
        for b, t in ((10, 0.98), (500, 0.90))
    ]
    assert "test accuracy fell from 98.0 %" in find(runs).sentence
    assert find(runs).comparison.noise.threshold == pytest.approx(2 * math.sqrt(0.98 * 0.02 / 2000))


def test_sentences_are_translated_as_wholes():
    asked = []

    def translate(context, text):
        asked.append(context)
        return text.upper() if "{" not in text else text.replace("fell from", "ging herab von")

    found = find(sweep("batch_size", {10: 0.98, 500: 0.961}), translate=translate)
    assert "VALIDATION ACCURACY ging herab von 98.0 % at batch 10" in found.sentence
    assert set(asked) == {"findings", "report"}


def test_the_pooled_deviation_worked_out_by_hand():
    # Groups of 2 and 3 with variances 4 and 1: (1 * 4 + 2 * 1) / 3 = 2.
    runs = [record(a, batch_size=10, seed=s) for s, a in enumerate((0, 2 * math.sqrt(2)))]
    runs += [record(a, batch_size=20, seed=s) for s, a in enumerate((0, 1, 2))]
    figures = [g.figures["validation_accuracy"] for g in group_runs(runs)]
    assert pooled_deviation(figures) == pytest.approx(math.sqrt(2))
    noise = noise_of(group_runs(runs), "validation_accuracy")
    assert noise.threshold == pytest.approx(2 * math.sqrt(2) * math.sqrt(2 / 2))


@pytest.mark.parametrize(
    ("scores", "threshold", "trend"),
    [
        ([1, 2, 3], 0.5, Trend.RISING),
        ([3, 2, 1], 0.5, Trend.FALLING),
        ([1, 3, 1], 0.5, Trend.PEAK),
        ([3, 1, 3], 0.5, Trend.MIXED),
        ([1, 3, 2, 4], 0.5, Trend.MIXED),
        ([1, 3, 2.8, 4], 0.5, Trend.RISING),
        ([1, 1.4, 1.2], 0.5, Trend.NOISE),
        ([1, 2], math.nan, Trend.RISING),
        ([1], 0.5, Trend.NOISE),
    ],
)
def test_trends(scores, threshold, trend):
    assert trend_of(scores, threshold) is trend


scores_of_any_kind = st.one_of(st.none(), st.floats(0, 1))


@given(st.lists(scores_of_any_kind, min_size=1, max_size=6), st.booleans())
def test_there_is_a_sentence_for_any_figures(scores, named):
    name, values = ("optimizer", ("sgd", "momentum", "nesterov", "adam", "adamw", "sgd"))
    if not named:
        name, values = "batch_size", (10, 20, 50, 100, 200, 500)
    text = find(sweep(name, dict(zip(values, scores, strict=False)))).text
    assert text.endswith(".")
    assert "nan" not in text
    assert "{" not in text
    assert all(part[:1].isupper() for part in text.split(". "))


@given(
    st.lists(st.lists(scores_of_any_kind, min_size=1, max_size=3), min_size=1, max_size=5),
    st.randoms(use_true_random=False),
)
def test_what_is_said_does_not_depend_on_the_order_of_the_runs(scores, random):
    runs = sweep("learning_rate", {(k + 1) / 10: found for k, found in enumerate(scores)})
    shuffled = random.sample(runs, len(runs))
    assert find(shuffled).sentence == find(runs).sentence


@given(st.lists(st.floats(0.01, 0.99), min_size=2, max_size=6))
def test_every_percentage_in_a_sentence_is_an_accuracy_of_a_group(scores):
    found = find(sweep("dropout", {k / 10: score for k, score in enumerate(scores)}))
    written = {float(each) for each in re.findall(r"([\d.]+) %", found.sentence)}
    assert written
    for each in written:
        assert any(abs(each - 100 * score) <= 0.0501 for score in scores)


@given(st.lists(st.floats(0, 1), min_size=2, max_size=6))
def test_turning_the_order_round_turns_the_trend_round(scores):
    swapped = {Trend.RISING: Trend.FALLING, Trend.FALLING: Trend.RISING}
    trend = trend_of(scores, 0.1)
    back = trend_of(scores[::-1], 0.1)
    assert back is swapped.get(trend, trend) or scores.count(max(scores)) > 1


def test_a_group_may_be_as_good_as_the_best():
    found = compare(sweep("batch_size", {10: 0.98, 20: 0.978, 500: 0.90}))
    assert [found.within_noise(group) for group in found.groups] == [True, True, False]
    assert not compare([diverged()]).within_noise(compare([diverged()]).groups[0])
