using UniM2Rec.Tests.Fixtures;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Models;
using UniM2Rec.Trainer.Training;

namespace UniM2Rec.Tests.Training;

public class WeightAverageTests
{
    [Fact]
    public void The_model_is_the_average_for_a_while_and_then_that_of_training_again()
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var network = new ModelConfig { Kind = "missrec", Adaptor = AdaptorKind.Linear, Width = 8, Heads = 2 };
        var model = new MissRecModel(new ModelInputs(network, new Items(6, [4], seed: 1).Widths, 6) { MaxLength = 5 });
        var parameters = model.named_parameters().Select(p => (p.name, p.parameter)).ToList();
        var (_, weight) = parameters[0];
        var interests = model.named_buffers().Single(b => b.name == "interests.centroids").buffer;
        using var average = new WeightAverage(parameters, 0.5);
        float[] first = weight.data<float>().ToArray();
        weight.add_(1);
        average.Update(steps: 1000); // halfway between the first weights and these
        float[] trained = weight.data<float>().ToArray();
        interests.fill_(7);

        using (average.Apply(model, () => interests.copy_(weight.sum().expand(interests.shape))))
        {
            Assert.All(first.Zip(weight.data<float>().ToArray()), p => Assert.Equal(p.First + 0.5f, p.Second, 1e-6f));
            Assert.Equal(weight.sum().item<float>(), interests.data<float>().ToArray()[0], 1e-4f);
        }

        Assert.Equal(trained, weight.data<float>().ToArray());
        Assert.All(interests.data<float>().ToArray(), value => Assert.Equal(7, value));
    }
}
