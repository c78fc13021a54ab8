"""From a message on a topic to committed observations: parse, decode, store, acknowledge."""
