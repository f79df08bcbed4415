/* The training step of micrograd's demo in a form that C compilers optimize well: an estimate of the machine's limit.

   It computes loss and gradient of an MLP 2-16-16-1 with ReLU, hinge loss and L2 for a batch. Samples are contiguous in
   memory, so that the innermost loops are vectorized. Parameters are rows of weights, each followed by its bias. */

enum { INPUTS = 2, HIDDEN = 16, MAX_SAMPLES = 1024 };

static double first[HIDDEN][MAX_SAMPLES], first_grad[HIDDEN][MAX_SAMPLES];
static double second[HIDDEN][MAX_SAMPLES], second_grad[HIDDEN][MAX_SAMPLES], score[MAX_SAMPLES];

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
        score[s] = margin > 0.0 ? -y[s] / samples : 0.0; /* replaced by the derivative of the loss */
    }
    for (int k = 0; k < HIDDEN; k++)
        for (int s = 0; s < samples; s++)
            first_grad[k][s] = 0.0;
    double output_bias_grad = 0.0;
    for (int s = 0; s < samples; s++)
        output_bias_grad += score[s];
    g3[HIDDEN] = output_bias_grad;
    for (int j = 0; j < HIDDEN; j++) {
        const double *w = w2 + j * (HIDDEN + 1);
        double weight_grad = 0.0, bias_grad = 0.0;
        for (int s = 0; s < samples; s++) {
            weight_grad += score[s] * second[j][s];
            second_grad[j][s] = second[j][s] > 0.0 ? w3[j] * score[s] : 0.0;
            bias_grad += second_grad[j][s];
        }
        g3[j] = weight_grad;
        g2[j * (HIDDEN + 1) + HIDDEN] = bias_grad;
        for (int k = 0; k < HIDDEN; k++) {
            double total = 0.0;
            for (int s = 0; s < samples; s++) {
                total += second_grad[j][s] * first[k][s];
                first_grad[k][s] += w[k] * second_grad[j][s];
            }
            g2[j * (HIDDEN + 1) + k] = total;
        }
    }
    for (int k = 0; k < HIDDEN; k++) {
        double a = 0.0, b = 0.0, c = 0.0;
        for (int s = 0; s < samples; s++) {
            double d = first[k][s] > 0.0 ? first_grad[k][s] : 0.0;
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
