"""The twin of the pump in the backpack: physics in one half, a controller that decides in whole numbers in the other.

`twin.Twin` joins them; `course_run.run_course` lets people, faults and a whole course happen to it.
"""
