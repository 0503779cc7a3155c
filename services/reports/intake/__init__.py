"""Reports taken in one by one or in batches, placed, stored and told; and as their readers find them."""
