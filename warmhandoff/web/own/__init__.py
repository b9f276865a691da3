"""The participant's door: a person's own page, from a mailed link, a card, or a shared screen in a waiting room. No account."""
