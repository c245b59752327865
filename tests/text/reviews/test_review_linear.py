import numpy as np
from scipy import sparse

from semrec.text.reviews.linear import Quantised, fit_logistic


def test_bias_alone_is_the_log_odds_of_the_labels() -> None:
    labels = np.array([True] * 75 + [False] * 25)
    found = fit_logistic(sparse.csr_matrix((100, 2)), labels, penalty=1.0)
    np.testing.assert_allclose(found, [0, 0, np.log(3)], atol=1e-3)


def test_gradient_vanishes_at_the_solution() -> None:
    rng = np.random.default_rng(0)
    features = sparse.csr_matrix(rng.normal(size=(200, 5)))
    labels = rng.random(200) < 1 / (1 + np.exp(-features.toarray()[:, 0] * 2))
    found = fit_logistic(features, labels, penalty=2.0)
    error = 1 / (1 + np.exp(-(features @ found[:-1] + found[-1]))) - labels
    gradient = features.T @ error + 2.0 * found[:-1]
    assert np.abs(gradient).max() < 0.05
    assert found[0] > 1


def test_quantised_values_are_within_half_a_step() -> None:
    values = np.random.default_rng(1).normal(size=1000)
    stored = Quantised.of(values)
    assert stored.codes.dtype == np.int8
    assert np.abs(stored.values() - values).max() <= stored.step / 2 + 1e-6
