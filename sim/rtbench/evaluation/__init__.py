"""What a firmware makes of many frames, and what is compared with what; above the machines.

items: the frames and their truth. forks: a snapshot that serves frames on all cores, held by a
process of its own (fork_server). show: one frame to one row. run_folder: rows on disk. summary and
baseline: rows to figures, figures to a verdict. layers: tensor by tensor against the host.
user_model: a firmware around any .tflite.
"""
