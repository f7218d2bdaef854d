"""A plain float64 network, written from the lab note's formulas: slow, and easy to trust."""

import numpy as np


class LabNoteNetwork:
    """Linear layers with ReLU between them, softmax and cross-entropy, plain SGD with L2."""

    def __init__(self, weights, biases):
        self.weights = [np.array(w, np.float64) for w in weights]
        self.biases = [np.array(b, np.float64).reshape(1, -1) for b in biases]

    def train_batch(self, images, labels, learning_rate, l2=0.0):
        onehot = np.eye(self.biases[-1].size)[labels]
        batch_size = len(labels)
        inputs, x = [], np.asarray(images, np.float64)
        for i, (w, b) in enumerate(zip(self.weights, self.biases, strict=True)):
            if i > 0:
                x = np.maximum(0, x)
            inputs.append(x)
            x = np.matmul(x, w) + b

        exponentials = np.exp(x - np.max(x, axis=1, keepdims=True))
        probabilities = exponentials / np.sum(exponentials, axis=1, keepdims=True)
        loss = -np.sum(onehot * np.log(probabilities)) / batch_size

        grad = (probabilities - onehot) / batch_size
        for i in reversed(range(len(self.weights))):
            grad_w = np.dot(inputs[i].T, grad) + l2 / batch_size * self.weights[i]
            grad_b = np.sum(grad, axis=0)
            grad = np.dot(grad, self.weights[i].T)
            if i > 0:
                grad[inputs[i] <= 0] = 0
            self.weights[i] = self.weights[i] - learning_rate * grad_w
            self.biases[i] = self.biases[i] - learning_rate * grad_b
        return float(loss)
