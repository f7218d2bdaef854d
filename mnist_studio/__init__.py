"""MNIST Studio: the desktop app in which people see a neural network learn."""

import os

# NumPy reads these once, when it is first imported. One thread by default: two on two cores are
# somewhat faster on a quiet machine and three times slower as soon as anything else runs.
for _variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")

__version__ = "0.1.0"
