"""Makes instances.txt: 200 random elections, each with what pabutools 1.2.3 selects by the Method of Equal Shares
without completion, for both utilities. `pip install pabutools==1.2.3`, then `python3 make.py > instances.txt`."""

import random
from fractions import Fraction

from pabutools.election import ApprovalBallot, ApprovalProfile, Cardinality_Sat, Cost_Sat, Instance, Project
from pabutools.rules import method_of_equal_shares
from pabutools.fractions import frac

rng = random.Random(2021)
PRIMES = [999999999999989, 999999999999947, 999999999999883, 999999999999869, 999999999999809, 1000000000000037,
          1000000000000091, 1000000000000159, 1000000000000187, 1000000000000223]
NAMES = ["a", "B", "b", "10", "9", "ក", "é", "z z", "_", "aa", "A", "1"]


def ballots(projects, voters, at_most, copies=1):
    """Projects are not equally liked; each ballot is cast by one to `copies` voters."""
    liking = [rng.random() + 0.05 for _ in projects]
    made = []
    while sum(count for count, _ in made) < voters:
        ballot = set(rng.choices(projects, liking, k=rng.randint(1, at_most)))
        made.append((rng.randint(1, copies), ballot))
    return made


def election(kind):
    many = rng.randint(4, 14)
    names = [f"p{i:02}" for i in range(many)]
    whole = lambda costs: dict(zip(names, costs))
    if kind == "plain":
        costs = whole(rng.randint(1, 60) for _ in names)
        cast = ballots(names, rng.randint(3, 30), 4)
        budget = rng.randint(20, 200)
    elif kind == "ties":
        names = rng.sample(NAMES, rng.randint(4, 12))
        costs = dict(zip(names, (rng.choice([10, 10, 20]) for _ in names)))
        cast = ballots(names, rng.randint(4, 12), 3)
        budget = rng.choice([40, 60, 90, 120])
    elif kind == "weights":
        costs = whole(rng.randint(5, 40) for _ in names)
        cast = ballots(names, rng.randint(50, 300), 4, 60)
        budget = rng.randint(60, 200)
    elif kind == "silent":
        costs = whole(rng.randint(5, 40) for _ in names)
        cast = ballots(names[2:], rng.randint(5, 20), 3) + [(rng.randint(1, 9), set())]
        budget = rng.randint(60, 250)
    elif kind == "coprime":
        names = names[:10]
        costs = dict(zip(names, rng.sample(PRIMES, len(names))))
        cast = ballots(names, rng.randint(5, 40), 5)
        budget = rng.choice(PRIMES) * rng.randint(2, 6) + rng.randint(0, 3)
    elif kind == "fractions":
        costs = whole(Fraction(rng.randint(1, 90), rng.choice([1, 2, 3, 7])) for _ in names)
        cast = ballots(names, rng.randint(5, 20), 4)
        budget = Fraction(rng.randint(300, 1500), rng.choice([7, 11, 13]))
    elif kind == "edges":
        budget = rng.randint(30, 90)
        costs = whole(rng.choice([0, 1, budget, budget + 1, 10 * budget, rng.randint(1, budget)]) for _ in names)
        cast = ballots(names, rng.randint(1, 9), 5)
    else:
        names = [f"p{i:02}" for i in range(40)]
        costs = dict(zip(names, (30 * rng.randint(4, 20) for _ in names)))
        cast = [(1, ballot) for _, ballot in ballots(names, 60, 12)]
        budget = rng.choice([3600, 5400, 7200])
    return budget, costs, cast


def selected(budget, costs, cast, sat):
    projects = {name: Project(name, frac(Fraction(cost).numerator, Fraction(cost).denominator)) for name, cost in costs.items()}
    budget = Fraction(budget)
    instance = Instance(projects.values(), budget_limit=frac(budget.numerator, budget.denominator))
    profile = ApprovalProfile(
        (ApprovalBallot(projects[name] for name in ballot) for count, ballot in cast for _ in range(count)), instance=instance)
    plain = sorted(p.name for p in method_of_equal_shares(instance, profile, sat))
    weighed = sorted(p.name for p in method_of_equal_shares(instance, profile.as_multiprofile(), sat))
    assert plain == weighed
    return plain


for number in range(200):
    kind = ["plain", "ties", "weights", "silent", "coprime", "fractions", "edges", "long"][number % 8]
    budget, costs, cast = election(kind)
    print(f"= {number} {kind}\nbudget {budget}")
    for name, cost in costs.items():
        print(f"project {cost} {name}")
    for count, ballot in cast:
        print(f"ballot {count} {'|'.join(sorted(ballot))}".rstrip())
    print("cost " + "|".join(selected(budget, costs, cast, Cost_Sat)))
    print("cardinality " + "|".join(selected(budget, costs, cast, Cardinality_Sat)), end="\n\n")
