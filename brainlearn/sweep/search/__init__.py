"""A search for settings: trials that Optuna proposes, judged by the validation error alone.

`schema.py` says what the table ``[search]`` holds, `loading.py` reads and checks it, `space.py` is what is searched,
`study.py` keeps the trials of an arm, `run.py` computes them on the workers of a sweep, `dataset.py` labels them.
"""
