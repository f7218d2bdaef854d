"""The page that shows what is inside the network."""
