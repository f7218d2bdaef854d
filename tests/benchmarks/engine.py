"""How fast a training step is: ``python -m tests.benchmarks.engine [--quick]``.

Prints a Markdown table. Every figure is a ratio of two times measured right after one another in
one process on the same batches, the median over many repeats, so that a machine that is sometimes
busy disturbs both alike. PyTorch and scikit-learn are compared with if they are installed
(``pip install -e .[bench]``).
"""

# The number of BLAS threads is fixed when NumPy is imported.
import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse
import importlib.util
import statistics
import time

from threadpoolctl import threadpool_limits

from mnist_studio.data.errors import DataError
from mnist_studio.data.loading import load
from tests.benchmarks import contenders
from tests.benchmarks.contenders import Work
from tests.benchmarks.tables import machine, write

ARCHITECTURES = {
    "784-256-10": (784, 256, 10),
    "784-128-64-10": (784, 128, 64, 10),
    "784-1024-512-10": (784, 1024, 512, 10),
}
BATCHES = (1, 20, 64, 128, 256, 1024)
OPTIMIZERS = ("sgd", "momentum", "adam")
COLUMNS = {
    "step / products": ("engine", "products"),
    "trainer / products": ("trainer", "products"),
    "lab note / step": ("lab_note", "engine"),
    "step / PyTorch": ("engine", "torch_eager"),
    "step / compiled": ("engine", "torch_compiled"),
    "scikit-learn / step": ("sklearn", "engine"),
}


def seconds_per_batch(step, calls):
    step()  # brings the contender's arrays back into the cache
    start = time.perf_counter()
    for _ in range(calls):
        step()
    return (time.perf_counter() - start) / calls / getattr(step, "batches_per_call", 1)


def calls_for(step, seconds):
    """Return how many calls take about so long, after a warm-up."""
    per_call = seconds_per_batch(step, 3) * getattr(step, "batches_per_call", 1)
    return max(1, round(seconds / per_call))


def measure(steps, repeats, seconds):
    """Time the contenders in turn; return the list of times per batch of each."""
    calls = {name: calls_for(step, seconds) for name, step in steps.items()}
    times = {name: [] for name in steps}
    for _ in range(repeats):
        for name, step in steps.items():
            times[name].append(seconds_per_batch(step, calls[name]))
    return times


def available(optimizer, compiled):
    """Return the names of the contenders that can run here."""
    names = ["products", "engine", "trainer"]
    if optimizer == "sgd":
        names.append("lab_note")
    if importlib.util.find_spec("torch"):
        names.append("torch_eager")
        if compiled:
            names.append("torch_compiled")
    if importlib.util.find_spec("sklearn"):
        names.append("sklearn")
    return names


def table(architectures, batches, optimizers, options, dataset):
    write(f"| network | optimizer | batch | step, µs | {' | '.join(COLUMNS)} |")
    write("|---|---|---|---|" + "---|" * len(COLUMNS))
    for architecture in architectures:
        for optimizer in optimizers:
            for batch in batches:
                work = Work(ARCHITECTURES[architecture], batch, optimizer, dataset, options.threads)
                names = options.only or available(optimizer, options.compile)
                steps = {name: getattr(contenders, name)(work) for name in names}
                times = measure(steps, options.repeats, options.seconds)
                cells = [f"{statistics.median(times['engine']) * 1e6:.0f}"]
                cells += [ratio(times, *pair) for pair in COLUMNS.values()]
                write(f"| {architecture} | {optimizer} | {batch} | {' | '.join(cells)} |")


def ratio(times, numerator, denominator):
    if numerator not in times or denominator not in times:
        return "–"
    pairs = zip(times[numerator], times[denominator], strict=True)
    return f"{statistics.median(a / b for a, b in pairs):.2f}"


def parse():
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.engine")
    parser.add_argument("--quick", action="store_true", help="one network, plain SGD")
    parser.add_argument("--networks", nargs="+", choices=ARCHITECTURES, default=[*ARCHITECTURES])
    parser.add_argument("--batches", nargs="+", type=int, default=BATCHES)
    parser.add_argument("--optimizers", nargs="+", choices=OPTIMIZERS, default=OPTIMIZERS)
    parser.add_argument("--only", nargs="+", help="names of contenders, always with engine")
    parser.add_argument("--compile", action="store_true", help="also torch.compile (slow to start)")
    parser.add_argument("--threads", type=int, default=1, help="BLAS threads")
    parser.add_argument("--repeats", type=int, default=31)
    parser.add_argument("--seconds", type=float, default=0.01, help="length of one measurement")
    options = parser.parse_args()
    if options.quick:
        options.networks, options.optimizers = options.networks[:1], options.optimizers[:1]
    return options


def main():
    options = parse()
    try:
        dataset = load("mnist")
    except DataError:
        dataset = load("mnist-10k")
    write(
        f"{machine()}, {options.threads} BLAS thread(s), "
        f"{dataset.name}, median of {options.repeats} repeats\n"
    )
    with threadpool_limits(options.threads, user_api="blas"):
        table(options.networks, options.batches, options.optimizers, options, dataset)


if __name__ == "__main__":
    main()
