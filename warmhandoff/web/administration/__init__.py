"""Administration desk: which organizations are in the network, what they signed, their first leads, and closing one. No person."""
