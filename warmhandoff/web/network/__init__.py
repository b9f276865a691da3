"""The network's board, for navigators: who waits longer than promised and where. By code; a name only with a share."""
