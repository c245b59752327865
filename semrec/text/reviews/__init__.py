"""What reviews say: sentiment, aspects, how far each can be trusted, and the profile of an item."""
