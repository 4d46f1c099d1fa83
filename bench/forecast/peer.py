"""What `foresell apply forecast` does, as a script that uses statsforecast: a CSV of series, period and value to a CSV of forecasts.

peer.py IN.csv OUT.csv MODEL HORIZON SEASON [ORIGINS], with MODEL as in MODELS below. One process; read and written by Arrow, in pandas between.
With ORIGINS above 0 it does what `foresell apply backtest` does: the errors of forecasts from so many points of the past, a horizon apart.
"""
from __future__ import annotations

import sys

import pandas as pd
import pyarrow as pa
import pyarrow.csv
from statsforecast import StatsForecast, models

MODELS = {
    "AutoETS": lambda season: models.AutoETS(season_length=season),
    "AutoARIMA": lambda season: models.AutoARIMA(season_length=season),
    "AutoCES": lambda season: models.AutoCES(season_length=season),
    "Theta": lambda season: models.Theta(season_length=season),
    "OptimizedTheta": lambda season: models.OptimizedTheta(season_length=season),
    "DynamicTheta": lambda season: models.DynamicTheta(season_length=season),
    "DynamicOptimizedTheta": lambda season: models.DynamicOptimizedTheta(season_length=season),
    "SimpleExponentialSmoothingOptimized": lambda season: models.SimpleExponentialSmoothingOptimized(),
    # Holt and HoltWinters take a damped trend where AICc is less; Holt's and Winters' own trend is not damped
    "Holt, damped=False": lambda season: models.AutoETS(season_length=1, model="AAN", damped=False),
    "HoltWinters, damped=False": lambda season: models.AutoETS(season_length=season, model="AAA", damped=False),
    "Holt": lambda season: models.Holt(),
    "HoltWinters": lambda season: models.HoltWinters(season_length=season),
    "SeasonalExponentialSmoothingOptimized": lambda season: models.SeasonalExponentialSmoothingOptimized(season_length=season),
    "SeasonalNaive": lambda season: models.SeasonalNaive(season_length=season),
    "CrostonClassic": lambda season: models.CrostonClassic(),
    "CrostonOptimized": lambda season: models.CrostonOptimized(),
    "CrostonSBA": lambda season: models.CrostonSBA(),
    "TSB": lambda season: models.TSB(alpha_d=0.1, alpha_p=0.1),
    "ADIDA": lambda season: models.ADIDA(),
    "IMAPA": lambda season: models.IMAPA(),
}


def read(past: str) -> tuple[pd.DataFrame, str | int]:
    """The rows as statsforecast wants them, and their frequency."""
    rows = pa.csv.read_csv(past, convert_options=pa.csv.ConvertOptions(column_types={"series": pa.string(), "value": pa.float64()}))
    daily = not pa.types.is_integer(rows.schema.field("period").type)
    if daily:
        rows = rows.set_column(1, "period", rows["period"].cast(pa.timestamp("ns")))
    return rows.rename_columns(["unique_id", "ds", "y"]).to_pandas(), "D" if daily else 1


def errors(trials: pd.DataFrame) -> pd.DataFrame:
    """Mean absolute error and sMAPE (0 to 2) of each series over all its trials."""
    mean = trials.iloc[:, -1]
    mae = (trials["y"] - mean).abs()
    size = trials["y"].abs() + mean.abs()
    each = pd.DataFrame({"series": trials["unique_id"], "mae": mae, "smape": (2 * mae / size).where(size > 0, 0)})
    return each.groupby("series", as_index=False).mean()


def main() -> None:
    past, out, model, horizon, season, origins = (*sys.argv[1:], "0")[:6]
    pa.set_cpu_count(1)
    rows, freq = read(past)
    forecaster = StatsForecast(models=[MODELS[model](int(season))], freq=freq, n_jobs=1, fallback_model=models.Naive())
    if int(origins):
        made = errors(forecaster.cross_validation(df=rows, h=int(horizon), n_windows=int(origins), step_size=int(horizon)))
    else:
        made = forecaster.forecast(df=rows, h=int(horizon))
        made.columns = ["series", "period", "mean"]
    pa.csv.write_csv(pa.Table.from_pandas(made, preserve_index=False), out)


if __name__ == "__main__":
    main()
