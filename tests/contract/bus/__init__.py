"""What every bus adapter promises, tried on each of them."""
