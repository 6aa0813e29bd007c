"""The cost of showing and learning, by the measures of neuromorphic hardware: operations, updates, bytes.

Definitions are those of NeuroBench (Yik et al. 2025, Nature Communications 16:1545), which defines them for one
execution of a network without learning; `docs/cost.md` says how they are read here, and what is added for learning.

`events.py` sums up what units sent, `fan.py` says how many synapses each unit has, `carriers.py` what arrives there;
`showing.py`, `rule_learning.py` and `backward.py` turn that into operations, `memory.py` into bytes.
"""
