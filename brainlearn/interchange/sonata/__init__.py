"""Circuits as SONATA, for NEST: Dai et al. 2020, PLoS Computational Biology 16:e1007696."""
