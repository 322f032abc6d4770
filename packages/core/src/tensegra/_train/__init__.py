"""`tg.train`: checkpoints.

`_checkpoint` writes the state of objects as a saved model without functions (`_writer`) and restores it by structure
(`_restore`, which waits for objects that are made later); `_manager` keeps some of them; `_state_file` says which one
is the latest; `_reader` reads single values.
"""
