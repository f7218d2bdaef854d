"""The network: layers, losses, optimizers and schedules in plain NumPy."""
