import random

random.seed(0)
with open("people.csv", "w") as file:
    print("age,hours,education,income", file=file)
    for _ in range(600):
        age, hours = random.randint(18, 80), random.randint(10, 60)
        education = random.choice(["school", "college", "master"])
        score = age / 20 + hours / 15 + 2 * (education == "master") + random.gauss(0, 0.5)
        print(f"{age},{hours},{education},{'high' if score > 5.5 else 'low'}", file=file)
