"""Old against new: exposure, tolerability and burden of two regimens, in both directions, and how sure each is."""
