"""Warm-up drill: one rule each."""

from typing import Any

from derivref.exercises import FAMILY

# What a drill practises, and the hint, by the rule that it takes.
RULES = {
    "power": ("The power rule.", "Write everything as powers of *x* first."),
    "sum": ("Sums, term by term.", "Each term for itself; constants go."),
    "product": ("The product rule.", "Which are the factors?"),
    "quotient": ("The quotient rule.", "Name top and bottom, then differentiate each."),
    "chain": ("The chain rule.", "What is done last? Differentiate that, and multiply."),
    "exponential": ("Exponentials.", "The exponential stays; its exponent has a slope too."),
    "logarithm": ("Logarithms.", "The slope of what stands inside, over what stands inside."),
    "trigonometric": ("Sine and cosine.", "Mind the sign of the cosine's slope."),
    "inverse": ("Inverse functions.", "Remember the slope of the inverse function, then chain."),
}


def drill(
    name: str, title: str, f: str, answer: str, rule: str, *wrong: tuple[str, str], **facts: Any
) -> None:
    """Add a drill: differentiate f, by one rule."""
    use, hint = RULES[rule]
    reason = facts.pop("why", "differentiate")
    FAMILY.add(
        name=name,
        page=f"practice/drill.md#{name}",
        title=title,
        use=use,
        hint=hint,
        question="Differentiate.",
        problem=f"Derivative({f}, x)",
        answer=answer,
        solution=f"{facts.pop('steps', '')}{answer} | {reason}",
        level="warm-up",
        mistakes=wrong,
        **facts,
    )


RIGHT = "x in (0, oo)"

drill("polynomial", "A polynomial", "4*x**3 - 2*x + 7", "12*x**2 - 2", "sum",
      ("12*x**2 - 2*x", "the linear term was left"))  # fmt: skip
drill("tenth_power", "A high power", "x**10", "10*x**9", "power", ("x**9", "the factor is missing"))
drill("reciprocal_square", "Reciprocal of a square", "1/x**2", "-2/x**3", "power",
      ("1/(2*x)", "only the bottom was differentiated"), domain=RIGHT)  # fmt: skip
drill("root_sum", "Roots", "2*sqrt(x) + 1/sqrt(x)", "1/sqrt(x) - 1/(2*x*sqrt(x))", "power",
      ("1/sqrt(x) + 1/(2*x*sqrt(x))", "the sign of a negative exponent"), domain=RIGHT)  # fmt: skip
drill("cube_root", "A cube root", "x**(1/3)", "1/3*x**(-2/3)", "power",
      ("1/3*x**(2/3)", "the exponent was not lowered"), domain=RIGHT)  # fmt: skip
drill("mixed_powers", "Powers of three kinds", "3*x**4 - 2*sqrt(x) + 5/x",
      "12*x**3 - 1/sqrt(x) - 5/x**2", "sum",
      ("12*x**3 - 1/sqrt(x) + 5/x**2", "the sign of the last term"), domain=RIGHT)  # fmt: skip
drill("expanded_square", "A square to expand", "(x + 2)**2", "2*x + 4", "power",
      ("2*x", "the middle term of the square was lost"))  # fmt: skip
drill("line", "A line", "m*x + b", "m", "sum", ("m + b", "a constant has the slope 0"),
      domain="x, m, b in R")  # fmt: skip
drill("exp_scaled", "A scaled exponential", "exp(-3*x)", "-3*exp(-3*x)", "exponential",
      ("exp(-3*x)", "the inner slope is missing"))  # fmt: skip
drill("power_of_two", "A power of two", "2**x", "2**x*log(2)", "exponential",
      ("x*2**(x - 1)", "the power rule is for constant exponents"))  # fmt: skip
drill("exp_of_square", "The bell curve", "exp(-x**2)", "-2*x*exp(-x**2)", "exponential",
      ("exp(-x**2)", "the inner slope is missing"),
      ("-2*x*exp(-2*x)", "the exponent must stay"))  # fmt: skip
drill("log_scaled", "A scaled logarithm", "log(5*x)", "1/x", "logarithm",
      ("1/(5*x)", "the inner slope 5 is missing"), domain=RIGHT)  # fmt: skip
drill("log_of_power", "Logarithm of a power", "log(x**4)", "4/x", "logarithm",
      ("1/x**4", "the inner slope is missing"), domain=RIGHT)  # fmt: skip
drill("log_of_quadratic", "Logarithm of a quadratic", "log(1 + x**2)", "2*x/(1 + x**2)",
      "logarithm", ("1/(1 + x**2)", "the inner slope is missing"))  # fmt: skip
drill("log_base_ten", "A logarithm to base ten", "log(x)/log(10)", "1/(x*log(10))", "logarithm",
      ("1/x", "the base was forgotten"), domain=RIGHT)  # fmt: skip
drill("sine_scaled", "A faster sine", "sin(4*x)", "4*cos(4*x)", "trigonometric",
      ("cos(4*x)", "the inner slope is missing"))  # fmt: skip
drill("cosine_shifted", "A shifted cosine", "cos(2*x + 1)", "-2*sin(2*x + 1)", "trigonometric",
      ("2*sin(2*x + 1)", "the sign"))  # fmt: skip
drill("sine_squared", "A squared sine", "sin(x)**2", "2*sin(x)*cos(x)", "chain",
      ("cos(x)**2", "the square is outside"))  # fmt: skip
drill("sine_of_square", "The sine of a square", "sin(x**2)", "2*x*cos(x**2)", "chain",
      ("cos(x**2)", "the inner slope is missing"),
      ("2*x*cos(2*x)", "the inner function must stay"))  # fmt: skip
drill("tangent_drill", "A tangent", "sin(x)/cos(x)", "1/cos(x)**2", "quotient",
      ("-1/cos(x)**2", "the order of the numerator"), given="cos(x) != 0")  # fmt: skip
drill("product_power_exp", "Power times exponential", "x**3*exp(x)", "x**2*(x + 3)*exp(x)",
      "product", ("3*x**2*exp(x)", "only the first factor was differentiated"))  # fmt: skip
drill("product_x_log", "x times its logarithm", "x*log(x)", "log(x) + 1", "product",
      ("1/x", "slopes are not multiplied"), domain=RIGHT)  # fmt: skip
drill("product_trig", "Sine times cosine", "sin(x)*cos(x)", "cos(x)**2 - sin(x)**2", "product",
      ("-sin(x)*cos(x)", "slopes are not multiplied"))  # fmt: skip
drill("product_exp_sine", "A damped wave", "exp(-x)*sin(x)", "exp(-x)*(cos(x) - sin(x))",
      "product", ("exp(-x)*(cos(x) + sin(x))", "the sign of the exponent"))  # fmt: skip
drill("quotient_linear", "A quotient of lines", "(2*x + 1)/(x + 3)", "5/(x + 3)**2", "quotient",
      ("-5/(x + 3)**2", "the order of the numerator"), ("2/1", "slopes are not divided"),
      domain=RIGHT)  # fmt: skip
drill("quotient_quadratic", "A quadratic over a line", "(x**2 + 1)/(x - 1)",
      "(x**2 - 2*x - 1)/(x - 1)**2", "quotient", ("2*x", "slopes are not divided"),
      domain="x in (1, oo)")  # fmt: skip
drill("quotient_log", "A logarithm over x", "log(x)/x", "(1 - log(x))/x**2", "quotient",
      ("(log(x) - 1)/x**2", "the order of the numerator"), domain=RIGHT)  # fmt: skip
drill("quotient_square", "x over one plus its square", "x/(1 + x**2)",
      "(1 - x**2)/(1 + x**2)**2", "quotient",
      ("(x**2 - 1)/(1 + x**2)**2", "the order of the numerator"))  # fmt: skip
drill("chain_power", "A power of a line", "(3*x - 2)**5", "15*(3*x - 2)**4", "chain",
      ("5*(3*x - 2)**4", "the inner slope is missing"))  # fmt: skip
drill("chain_root", "A root of a quadratic", "sqrt(1 + x**2)", "x/sqrt(1 + x**2)", "chain",
      ("1/(2*sqrt(1 + x**2))", "the inner slope is missing"))  # fmt: skip
drill("chain_cube", "The sine of a cube", "sin(x**3)", "3*x**2*cos(x**3)", "chain",
      ("cos(3*x**2)", "the inner function must stay"))  # fmt: skip
drill("chain_log_sine", "Logarithm of a sine", "log(2 + sin(x))", "cos(x)/(2 + sin(x))", "chain",
      ("1/(2 + sin(x))", "the inner slope is missing"))  # fmt: skip
drill("chain_exp_sine", "Exponential of a sine", "exp(sin(x))", "cos(x)*exp(sin(x))", "chain",
      ("exp(cos(x))", "the inner function must stay"))  # fmt: skip
drill("arctan_scaled", "A scaled arctangent", "arctan(2*x)", "2/(1 + 4*x**2)", "inverse",
      ("2/(1 + 2*x**2)", "the square is of all that is inside"))  # fmt: skip
drill("arcsin_half", "A scaled arcsine", "arcsin(x/2)", "1/sqrt(4 - x**2)", "inverse",
      ("1/(2*sqrt(1 - x**2))", "the square is of all that is inside"),
      domain="x in (-1, 1)")  # fmt: skip
drill("hyperbolic_sine", "Hyperbolic sine", "(exp(x) - exp(-x))/2", "(exp(x) + exp(-x))/2",
      "exponential", ("(exp(x) - exp(-x))/2", "the sign of the second exponent"))  # fmt: skip
drill("softplus_drill", "Softplus", "log(1 + exp(x))", "1/(1 + exp(-x))", "logarithm",
      ("1/(1 + exp(x))", "the inner slope is missing"))  # fmt: skip
drill("power_x", "x to the x", "x**x", "x**x*(log(x) + 1)", "exponential",
      ("x*x**(x - 1)", "the exponent is not constant"), domain=RIGHT)  # fmt: skip
drill("square_of_log", "The square of a logarithm", "log(x)**2", "2*log(x)/x", "chain",
      ("2/x", "that is the logarithm of a square"), domain=RIGHT)  # fmt: skip
drill("nested_log", "A logarithm of a logarithm", "log(log(x))", "1/(x*log(x))", "chain",
      ("1/log(x)", "the inner slope is missing"), domain="x in (1, oo)")  # fmt: skip
