using System.Text.Json;
using UniM2Rec.Models.Encoders;

namespace UniM2Rec.Models.Conversion;

/// <summary>How a Hugging Face folder prepares pictures: preprocessor_config.json, or timm's part of config.json.</summary>
internal static class ImagePreprocessor
{
    private const double ImageNetCrop = 0.875;

    /// <summary>torchvision's evaluation transform for ImageNet.</summary>
    public static ImageSpec ImageNet { get; } = new()
    {
        Size = 224,
        ResizeTo = 256,
        Interpolation = Interpolation.Bilinear,
        Mean = [0.485f, 0.456f, 0.406f],
        Std = [0.229f, 0.224f, 0.225f],
    };

    /// <summary>CLIP's own transform.</summary>
    public static ImageSpec Clip { get; } = new()
    {
        Size = 224,
        Interpolation = Interpolation.Bicubic,
        Mean = [0.48145466f, 0.4578275f, 0.40821073f],
        Std = [0.26862954f, 0.26130258f, 0.27577711f],
    };

    /// <summary>The folder's settings, or those given where it has none.</summary>
    /// <exception cref="Diagnostics.UserErrorException">A setting is not supported.</exception>
    public static ImageSpec Read(string folder, ImageSpec missing)
    {
        if (ConfigReader.OpenIfThere(Path.Combine(folder, "preprocessor_config.json")) is { } processor)
            return FromProcessor(processor);
        var config = ConfigReader.OpenIfThere(Path.Combine(folder, "config.json"));
        return config?.Has("pretrained_cfg") == true ? FromTimm(config.Section("pretrained_cfg")) : missing;
    }

    private static ImageSpec FromProcessor(ConfigReader processor)
    {
        var (resize, square) = Size(processor, "size", missing: 224);
        int size = resize;
        if (processor.Has("crop_pct"))
        {
            // ConvNeXT's processor, which ResNet shares: below 384 pixels, resize to size / crop_pct and cut size out.
            square = false;
            resize = size < 384 ? (int)(size / processor.Number("crop_pct")) : size;
        }
        else if (processor.Flag("do_center_crop", false))
        {
            size = Size(processor, "crop_size", resize).Side;
        }
        else if (!square)
        {
            processor.Refuse("size", "a model with pictures of any shape can't be batched, so a crop is needed");
        }

        bool normalize = processor.Flag("do_normalize", true);
        return new ImageSpec
        {
            Size = size,
            ResizeTo = resize == size ? 0 : resize,
            ResizeMode = square ? ResizeMode.Stretch : ResizeMode.ShortestSide,
            Interpolation = Filter(processor),
            Rescale = processor.Flag("do_rescale", true) ? processor.Number("rescale_factor", 1.0 / 255) : 1,
            Mean = normalize ? processor.Numbers("image_mean") : [0, 0, 0],
            Std = normalize ? processor.Numbers("image_std") : [1, 1, 1],
        };
    }

    private static ImageSpec FromTimm(ConfigReader timm)
    {
        int size = (int)timm.Numbers("input_size")[^1];
        return new ImageSpec
        {
            Size = size,
            ResizeTo = (int)(size / timm.Number("crop_pct", ImageNetCrop)),
            Interpolation = timm.Text("interpolation", "bilinear") switch
            {
                "bilinear" => Interpolation.Bilinear,
                "bicubic" => Interpolation.Bicubic,
                _ => Refuse(timm, "interpolation"),
            },
            Mean = timm.Numbers("mean"),
            Std = timm.Numbers("std"),
        };
    }

    /// <summary>A size in any of the forms that processors write: a number, shortest_edge, or height and width.</summary>
    private static (int Side, bool Square) Size(ConfigReader processor, string key, int missing)
    {
        if (!processor.Has(key))
            return (missing, false);
        if (processor.Raw(key).ValueKind == JsonValueKind.Number)
            return (processor.Count(key), false);
        var size = processor.Section(key);
        if (size.Has("shortest_edge"))
            return (size.Count("shortest_edge"), false);
        if (size.Count("height") != size.Count("width"))
            processor.Refuse(key, "height and width must be equal");
        return (size.Count("height"), true);
    }

    /// <summary>Pillow's numbers of filters.</summary>
    private static Interpolation Filter(ConfigReader processor) => (int)processor.Number("resample", 2) switch
    {
        0 => Interpolation.Nearest,
        2 => Interpolation.Bilinear,
        3 => Interpolation.Bicubic,
        4 => Interpolation.Area,
        _ => Refuse(processor, "resample"),
    };

    private static Interpolation Refuse(ConfigReader reader, string key)
    {
        reader.Refuse(key, "supported are nearest (0), bilinear (2), bicubic (3) and box (4)");
        return default;
    }
}
