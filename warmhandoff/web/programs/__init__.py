"""The Programs desk: who takes part in what, who waits for a place, who is near the day on which they count as out."""
