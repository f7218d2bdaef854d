"""The page that shows what the network gets wrong."""
