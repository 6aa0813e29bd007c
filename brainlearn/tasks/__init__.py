"""What a circuit is shown, and what counts as right: one file for each kind of task.

`task.py` says what a task is, `choice.py` which of them an experiment file means: `contrastive.py`, `targeted.py`,
`unlabelled.py`, `unit_classes.py` or `classification.py`. `stimulus_maker.py` turns images and labels into input,
`rounds.py` lays them out over the copies, `answers.py` reads guesses from numbers.
"""
