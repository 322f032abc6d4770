"""What is behind `tg.saved_model`.

Writing: `_save` walks the objects (`_object_graph`), finds signatures (`_signatures`), writes weights
(`_weights`) and commits (`_commit`). Reading: `_load` builds objects (`_restored`) over the engine's reader.
`_messages` makes the classes of the schema; `_describe` and `_check` are what the command line shows.
"""
