"""Fitting the customers' choice to chat logs: replay what was heard, integrate out who they were, maximise, say what is left."""
