"""Read the world: fetch, archive, read and check what sources say."""
