"""Field survey: forms for telephones and paper made from the schema, and submissions read back as observations."""
