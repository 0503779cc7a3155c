"""The municipality's areas on paper: their tree, what a frame shows of them, and how they become paths."""
