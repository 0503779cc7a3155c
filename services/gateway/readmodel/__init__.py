"""What the gateway keeps of every topic, and answers by itself: the overview and the feed."""
