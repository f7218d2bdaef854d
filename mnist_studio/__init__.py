"""MNIST Studio: the desktop app in which people see a neural network learn."""
