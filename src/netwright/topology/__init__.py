"""What we have: the network as files, and as frozen values."""
