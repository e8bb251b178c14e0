"""The pattern model's map: planes, energies of filters, sums over windows, distances."""
