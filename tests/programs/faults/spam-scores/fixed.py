import numpy as np
import torch
from sklearn.feature_extraction.text import TfidfVectorizer
from torch import nn, optim

rng = np.random.default_rng(60)
torch.manual_seed(60)

spam_words = "winner prize free click offer cash bonus urgent claim".split()
ham_words = "meeting report lunch tomorrow draft project attached thanks family".split()
common = "please today new you your the for is it with this we our from".split()


def mail(spam):
    own, other = (spam_words, ham_words) if spam else (ham_words, spam_words)
    words = (
        list(rng.choice(own, rng.integers(1, 5))) + list(rng.choice(common, 10)) + list(rng.choice(other, rng.integers(0, 2)))
    )
    return " ".join(rng.permutation(words))


is_spam = rng.integers(0, 2, 1000)
mails = [mail(s) for s in is_spam]
vec = TfidfVectorizer()
x_train = torch.tensor(vec.fit_transform(mails[:700]).toarray(), dtype=torch.float32)
x_test = torch.tensor(vec.transform(mails[700:]).toarray(), dtype=torch.float32)
y_train, y_test = torch.tensor(is_spam[:700]).float(), torch.tensor(is_spam[700:]).float()

model = nn.Sequential(nn.Linear(x_train.shape[1], 16), nn.ReLU(), nn.Linear(16, 1), nn.Sigmoid())
bce = nn.BCELoss()
sgd = optim.SGD(model.parameters(), lr=0.2, momentum=0.9)

for epoch in range(20):
    for idx in torch.randperm(700).split(35):
        sgd.zero_grad()
        p = model(x_train[idx])
        loss = bce(p, y_train[idx].unsqueeze(1))
        loss.backward()
        sgd.step()
    if epoch % 4 == 3:
        print("epoch", epoch + 1, "loss", round(loss.item(), 4))

model.eval()
with torch.no_grad():
    predicted = model(x_test).squeeze(1).round()
    test_loss = bce(model(x_test), y_test.unsqueeze(1)).item()
accuracy = (predicted == y_test).float().mean().item()
print(f"test loss {test_loss:.4f}")
print(f"final accuracy: {accuracy:.4f}")
