"""The column at the right: the sketch pad and the network's answer."""
