#!/usr/bin/env python3
"""Times one epoch and one full-ranking evaluation of MISSRec's or UniSRec's published code, to set beside UniM2Rec.Trainer.Benchmarks in one run.

  published.py --code MM23-MISSRec --data downstream --dataset Scientific                      (github.com/gimpong/MM23-MISSRec)
  published.py --code UniSRec --recbole MM23-MISSRec --data downstream --dataset Scientific    (github.com/RUCAIBox/UniSRec)
  published.py --code UniSRec --recbole MM23-MISSRec --data downstream --pretrain --batch 1024  pre-training on the same rows, as one domain

`downstream/Scientific/` holds Scientific.train.inter and so on. Needed: PyTorch, NumPy, SciPy, scikit-learn, pandas, PyYAML, tqdm, colorlog. What the
code imports but does not use on a processor (CUDA kernels, TensorBoard, hyper-parameter search) is replaced by nothing.
"""
import argparse
import importlib.abc
import importlib.machinery
import os
import resource
import sys
import tempfile
import time
import types


class Nothing:
    """Stands for whatever is not needed: any attribute of it, and any call of it, is it."""

    def __init__(self, *_, **__):
        pass

    def __call__(self, *_, **__):
        return self

    def __getattr__(self, name):
        return self


class NotNeeded(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    NAMES = {"cupy", "thop", "wandb", "ray", "hyperopt", "plotly", "tensorboard"}

    def find_spec(self, name, path, target=None):
        if name.split(".")[0] in self.NAMES or name == "torch.utils.tensorboard":
            return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, spec):
        module = types.ModuleType(spec.name)
        module.__path__ = []
        nothing = Nothing()
        module.__getattr__ = lambda name: Nothing if name[0].isupper() else nothing
        return module

    def exec_module(self, module):
        pass


def working_kmeans(vectors, cluster_num, iterations=5, **_):
    """Lloyd's iterations that leave their input alone; a cluster without members keeps its centre."""
    import torch

    centres = vectors[torch.randperm(len(vectors))[:cluster_num]].clone()
    for _ in range(iterations):
        labels = torch.cdist(vectors, centres).argmin(1)
        sums = torch.zeros_like(centres).index_add_(0, labels, vectors)
        counts = torch.zeros(cluster_num).index_add_(0, labels, torch.ones(len(vectors)))
        centres = torch.where(counts[:, None] > 0, sums / counts.clamp(min=1)[:, None], centres)
    return torch.cdist(vectors, centres).argmin(1), centres


def as_pretraining_data(source, name, target):
    """Writes UniSRec's training rows in the form that its pre-training reads: one domain, whose items are called 0-item; the second features, of
    texts with words left out, are the same ones, as only the time matters here."""
    os.makedirs(f"{target}/{name}")
    with open(f"{source}/{name}/{name}.train.inter") as rows, open(f"{target}/{name}/{name}.train.inter", "w") as written:
        written.write(next(rows))
        for row in rows:
            user, items, item = row.rstrip("\n").split("\t")
            written.write("\t".join([user, " ".join("0-" + i for i in items.split()), "0-" + item]) + "\n")
    with open(f"{target}/{name}/{name}.pt_datasets", "w") as domains:
        domains.write("only")
    for kind in ("feat1CLS", "feat2CLS"):
        os.symlink(os.path.abspath(f"{source}/{name}/{name}.feat1CLS"), f"{target}/{name}/only.{kind}")


def time_pretraining(arguments, settings):
    """Prints the rate of each epoch of UniSRec's pre-training."""
    from data.dataloader import CustomizedTrainDataLoader
    from data.dataset import PretrainUniSRecDataset
    from recbole.config import Config
    from recbole.trainer.trainer import PretrainTrainer
    from recbole.utils import init_logger, init_seed
    from unisrec import UniSRec

    with tempfile.TemporaryDirectory() as folder:
        as_pretraining_data(arguments.data, arguments.dataset, folder)
        settings |= {"data_path": folder + "/", "train_stage": "pretrain", "unisrec_transform": "plm_emb", "checkpoint_dir": folder}
        config = Config(
            model=UniSRec, dataset=arguments.dataset, config_file_list=[f"{arguments.code}/props/{n}.yaml" for n in ("UniSRec", "pretrain")], config_dict=settings)
        init_seed(config["seed"], config["reproducibility"])
        init_logger(config)
        rows = PretrainUniSRecDataset(config).build()[0]
        train = CustomizedTrainDataLoader(config, rows, None, shuffle=True)
        train.plm_embedding, train.plm_embedding_aug = rows.plm_embedding, rows.plm_embedding_aug  # which newer loaders pass on by themselves
        trainer = PretrainTrainer(config, UniSRec(config, train.dataset))
        for epoch in range(arguments.epochs):
            start = time.time()
            trainer._train_epoch(train, epoch)
            seconds = time.time() - start
            print(f"epoch {epoch + 1}: {len(rows)} targets in {seconds:.1f} s, {len(rows) / seconds:.0f} targets/s; peak {peak_mebibytes():.0f} MiB", flush=True)


def peak_mebibytes():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--code", required=True, help="checkout of the published code")
    parser.add_argument("--recbole", help="folder that holds the package recbole, if it is not in the checkout")
    parser.add_argument("--data", required=True, help="folder of the data sets")
    parser.add_argument("--dataset", default="Scientific")
    parser.add_argument("--ids", action="store_true", help="transductive instead of inductive")
    parser.add_argument("--working-interests", action="store_true", help="MISSRec: k-means that works instead of the published one")
    parser.add_argument("--pretrain", action="store_true", help="UniSRec: pre-training instead of fine-tuning")
    parser.add_argument("--batch", type=int, help="the published one if not given")
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()

    sys.path[:0] = [arguments.code] + ([arguments.recbole] if arguments.recbole else [])
    sys.meta_path.insert(0, NotNeeded())
    import numpy
    import torch

    for name, kind in (("float", float), ("int", int), ("bool", bool), ("object", object)):
        numpy.__dict__.get(name) or setattr(numpy, name, kind)  # names that NumPy no longer has
    torch.set_num_threads(arguments.threads)

    from recbole.config import Config
    from recbole.data import data_preparation
    from recbole.utils import init_logger, init_seed

    missrec = os.path.exists(f"{arguments.code}/missrec.py")
    if missrec:
        from missrec import MISSRec as Model
        from data.dataset import MISSRecDataset as Dataset
        import trainer

        if arguments.working_interests:
            trainer.cluster_kmeans = working_kmeans
        Trainer = trainer.MISSRecTrainer
    else:
        from unisrec import UniSRec as Model
        from data.dataset import UniSRecDataset as Dataset
        from recbole.trainer import Trainer

    settings = dict(data_path=arguments.data + "/", use_gpu=False, seed=2020, epochs=arguments.epochs, train_stage="transductive_ft" if arguments.ids else "inductive_ft")
    settings |= {"unisrec_transform": None, "neg_sampling": None}  # as older versions of RecBole spelt it
    if arguments.batch:
        settings["train_batch_size"] = arguments.batch
    if arguments.pretrain:
        return time_pretraining(arguments, settings)

    names = ["MISSRec" if missrec else "UniSRec", "finetune"]
    config = Config(model=Model, dataset=arguments.dataset, config_file_list=[f"{arguments.code}/props/{n}.yaml" for n in names], config_dict=settings)
    init_seed(config["seed"], config["reproducibility"])
    init_logger(config)
    dataset = Dataset(config)
    train, valid, _ = data_preparation(config, dataset)
    model = Model(config, train.dataset)
    runner = Trainer(config, model)
    for epoch in range(arguments.epochs):
        start = time.time()
        runner._train_epoch(train, epoch)
        trained = time.time()
        figures = runner.evaluate(valid, load_best_model=False)
        done = time.time()
        rows, users = len(train.dataset), len(valid.dataset)
        print(f"epoch {epoch + 1}: {rows} targets in {trained - start:.1f} s, {rows / (trained - start):.0f} targets/s; "
              f"{users} users in {done - trained:.2f} s, {users / (done - trained):.0f} users/s; peak {peak_mebibytes():.0f} MiB; {dict(figures)}", flush=True)


if __name__ == "__main__":
    main()
