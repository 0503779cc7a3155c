"""What tests are made with: real servers, builders, and ways to wait without sleeping."""
