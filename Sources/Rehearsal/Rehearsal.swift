// Rehearsal runs whole campaigns in virtual time: the planner, the director, gates and machines that
// an engine runs, under chargers with habits, people who change their minds, clocks that are set, and
// crashes at every place where one can happen. `Proof` judges what came of it.
