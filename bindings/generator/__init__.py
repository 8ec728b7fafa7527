"""The generators behind bindings/generate.py: model.py reads the description, the others print it."""
