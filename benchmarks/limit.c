/* The training step of micrograd's demo as a C compiler likes it best: how fast this machine could do it.

   Loss and gradient of an MLP 2-16-16-1 with ReLU, hinge loss and L2, for a batch whose samples lie side by side, so
   that the innermost loops are vectors. Parameters are rows of weights, each followed by its bias. */

enum { INPUTS = 2, HIDDEN = 16, MOST = 1024 };

static double first[HIDDEN][MOST], second[HIDDEN][MOST], slopes[HIDDEN][MOST], before[HIDDEN][MOST], score[MOST];

double step(const double *parameters, const double *x, const double *y, int samples, double alpha, double *gradient)
{
    const double *w1 = parameters, *w2 = w1 + HIDDEN * (INPUTS + 1), *w3 = w2 + HIDDEN * (HIDDEN + 1);
    double *g1 = gradient, *g2 = g1 + HIDDEN * (INPUTS + 1), *g3 = g2 + HIDDEN * (HIDDEN + 1);
    int count = (int)(w3 - w1) + HIDDEN + 1;
    double loss = 0.0, squares = 0.0;

    for (int j = 0; j < HIDDEN; j++) {
        const double *w = w1 + j * (INPUTS + 1);
        for (int s = 0; s < samples; s++) {
            double z = w[0] * x[s] + w[1] * x[samples + s] + w[2];
            first[j][s] = z > 0.0 ? z : 0.0;
        }
    }
    for (int s = 0; s < samples; s++)
        score[s] = w3[HIDDEN];
    for (int j = 0; j < HIDDEN; j++) {
        const double *w = w2 + j * (HIDDEN + 1);
        for (int s = 0; s < samples; s++)
            second[j][s] = w[HIDDEN];
        for (int k = 0; k < HIDDEN; k++)
            for (int s = 0; s < samples; s++)
                second[j][s] += w[k] * first[k][s];
        for (int s = 0; s < samples; s++) {
            second[j][s] = second[j][s] > 0.0 ? second[j][s] : 0.0;
            score[s] += w3[j] * second[j][s];
        }
    }
    for (int s = 0; s < samples; s++) {
        double margin = 1.0 - y[s] * score[s];
        loss += margin > 0.0 ? margin : 0.0;
        score[s] = margin > 0.0 ? -y[s] / samples : 0.0; /* from here on its slope */
    }
    for (int k = 0; k < HIDDEN; k++)
        for (int s = 0; s < samples; s++)
            before[k][s] = 0.0;
    double offset = 0.0;
    for (int s = 0; s < samples; s++)
        offset += score[s];
    g3[HIDDEN] = offset;
    for (int j = 0; j < HIDDEN; j++) {
        const double *w = w2 + j * (HIDDEN + 1);
        double slope = 0.0, bias = 0.0;
        for (int s = 0; s < samples; s++) {
            slope += score[s] * second[j][s];
            slopes[j][s] = second[j][s] > 0.0 ? w3[j] * score[s] : 0.0;
            bias += slopes[j][s];
        }
        g3[j] = slope;
        g2[j * (HIDDEN + 1) + HIDDEN] = bias;
        for (int k = 0; k < HIDDEN; k++) {
            double total = 0.0;
            for (int s = 0; s < samples; s++) {
                total += slopes[j][s] * first[k][s];
                before[k][s] += w[k] * slopes[j][s];
            }
            g2[j * (HIDDEN + 1) + k] = total;
        }
    }
    for (int k = 0; k < HIDDEN; k++) {
        double a = 0.0, b = 0.0, c = 0.0;
        for (int s = 0; s < samples; s++) {
            double d = first[k][s] > 0.0 ? before[k][s] : 0.0;
            a += d * x[s];
            b += d * x[samples + s];
            c += d;
        }
        g1[k * (INPUTS + 1)] = a;
        g1[k * (INPUTS + 1) + 1] = b;
        g1[k * (INPUTS + 1) + 2] = c;
    }
    for (int i = 0; i < count; i++) {
        squares += parameters[i] * parameters[i];
        gradient[i] += 2.0 * alpha * parameters[i];
    }
    return loss / samples + alpha * squares;
}
