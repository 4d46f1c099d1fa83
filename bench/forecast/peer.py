"""What `foresell apply forecast` does, as a script that uses statsforecast: a CSV of series, period and value to a CSV of forecasts.

peer.py IN.csv OUT.csv MODEL HORIZON SEASON, with MODEL as in MODELS below. One process; read and written by Arrow, in pandas between.
"""
from __future__ import annotations

import sys

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
    "TSB": lambda season: models.TSB(alpha_d=0.2, alpha_p=0.2),
    "ADIDA": lambda season: models.ADIDA(),
    "IMAPA": lambda season: models.IMAPA(),
}


def main() -> None:
    past, out, model, horizon, season = sys.argv[1:]
    pa.set_cpu_count(1)
    read = pa.csv.read_csv(past, convert_options=pa.csv.ConvertOptions(column_types={"series": pa.string(), "value": pa.float64()}))
    daily = not pa.types.is_integer(read.schema.field("period").type)
    if daily:
        read = read.set_column(1, "period", read["period"].cast(pa.timestamp("ns")))
    rows = read.rename_columns(["unique_id", "ds", "y"]).to_pandas()
    forecaster = StatsForecast(models=[MODELS[model](int(season))], freq="D" if daily else 1, n_jobs=1, fallback_model=models.Naive())
    made = forecaster.forecast(df=rows, h=int(horizon))
    made.columns = ["series", "period", "mean"]
    pa.csv.write_csv(pa.Table.from_pandas(made, preserve_index=False), out)


if __name__ == "__main__":
    main()
