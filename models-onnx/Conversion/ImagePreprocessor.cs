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
            return FromProcessor(processor, missing);
        var config = ConfigReader.OpenIfThere(Path.Combine(folder, "config.json"));
        return config?.Has("pretrained_cfg") == true ? FromTimm(config.Section("pretrained_cfg")) : missing;
    }

    private static ImageSpec FromProcessor(ConfigReader processor, ImageSpec family)
    {
        // What a file leaves out has the default of the library's class that it names.
        string kind = Kind(processor) ?? (ReferenceEquals(family.Mean, Clip.Mean) ? "CLIP" : processor.Has("do_center_crop") ? "Bit" : "ConvNext");
        bool isClip = kind is "CLIP" or "Bit";
        processor.RequireFlag("do_resize", true, "pictures are brought to one size");
        processor.RequireFlag("do_pad", false, "pictures are not padded");
        processor.RequireFlag("do_flip_channel_order", false, "channels are red, green, blue");
        processor.RequireText("data_format", "channels_first");
        processor.RequireText("input_data_format", "channels_last");
        processor.RequireFlag("default_to_square", false, "a single number is the shorter side; write size with height and width");
        var (resize, square) = Size(processor, "size", missing: (224, kind == "ViT"));
        int size = resize;
        if (kind == "ConvNext" || processor.Has("crop_pct"))
        {
            // ConvNeXT's processor, which ResNet shares: below 384 pixels, resize to size / crop_pct and cut size out.
            square = false;
            resize = size < 384 ? (int)(size / Share(processor, "crop_pct", 224.0 / 256)) : size;
            processor.Has("do_center_crop");
            processor.Has("crop_size");
        }
        else if (processor.Flag("do_center_crop", isClip))
        {
            size = Size(processor, "crop_size", (isClip ? 224 : resize, square)).Side;
        }
        else if (!square)
        {
            processor.Refuse("size", "a model with pictures of any shape can't be batched, so a crop is needed");
        }
        else
        {
            processor.Has("crop_size");
        }

        bool normalize = processor.Flag("do_normalize", true);
        var (mean, std) = (Three(processor, "image_mean", isClip ? Clip.Mean : [0.5f, 0.5f, 0.5f]), Three(processor, "image_std", isClip ? Clip.Std : [0.5f, 0.5f, 0.5f]));
        double rescale = processor.Number("rescale_factor", 1.0 / 255);
        var spec = new ImageSpec
        {
            Size = size,
            ResizeTo = resize == size ? 0 : resize,
            ResizeMode = square ? ResizeMode.Stretch : ResizeMode.ShortestSide,
            Interpolation = Filter(processor, isClip ? Interpolation.Bicubic : Interpolation.Bilinear),
            Rescale = processor.Flag("do_rescale", true) ? rescale : 1,
            Mean = normalize ? mean : [0, 0, 0],
            Std = normalize ? std : [1, 1, 1],
        };
        processor.RefuseOthers(KnownSettings.Pictures);
        return spec;
    }

    /// <summary>The library's class, without what it ends on: CLIP, Bit, ConvNext or ViT; null where none is named.</summary>
    private static string? Kind(ConfigReader processor)
    {
        string? kind = null;
        foreach (string key in new[] { "feature_extractor_type", "image_processor_type" })
        {
            if (!processor.Has(key))
                continue;
            kind = processor.Text(key);
            foreach (string end in new[] { "Fast", "Pil", "ImageProcessor", "FeatureExtractor" })
                kind = kind.EndsWith(end, StringComparison.Ordinal) ? kind[..^end.Length] : kind;
            if (kind is not ("CLIP" or "Bit" or "ConvNext" or "ViT"))
                processor.Refuse(key, "processors of CLIP, Bit, ConvNext (which is ResNet's) and ViT are supported");
        }

        return kind;
    }

    private static double Share(ConfigReader reader, string key, double missing) =>
        reader.Number(key, missing) is > 0.01 and <= 1 and var share ? share : Refuse(reader, key, "a number above 0.01 and up to 1 is supported", 0.0);

    private static float[] Three(ConfigReader processor, string key, float[] missing) =>
        !processor.Has(key) ? missing : processor.Numbers(key) is { Length: 3 } numbers ? numbers : Refuse(processor, key, "three numbers are needed", missing);

    private static ImageSpec FromTimm(ConfigReader timm)
    {
        float[] input = timm.Numbers("input_size");
        if (input is not [3, var height, var width] || height != width || height is < 1 or > EncoderLimits.Side)
            timm.Refuse("input_size", $"three channels of a square of up to {EncoderLimits.Side} pixels are supported");
        int size = (int)input[^1];
        timm.RequireText("crop_mode", "center");
        var spec = new ImageSpec
        {
            Size = size,
            ResizeTo = (int)(size / Share(timm, "crop_pct", ImageNetCrop)),
            Interpolation = timm.Text("interpolation", "bilinear") switch
            {
                "bilinear" => Interpolation.Bilinear,
                "bicubic" => Interpolation.Bicubic,
                _ => Refuse(timm, "interpolation", "supported are bilinear and bicubic", Interpolation.Bilinear),
            },
            Mean = Three(timm, "mean", ImageNet.Mean),
            Std = Three(timm, "std", ImageNet.Std),
        };
        timm.RefuseOthers(KnownSettings.Timm);
        return spec;
    }

    /// <summary>A size in any of the forms that processors write: a number, shortest_edge, or height and width.</summary>
    private static (int Side, bool Square) Size(ConfigReader processor, string key, (int Side, bool Square) missing)
    {
        if (!processor.Has(key))
            return missing;
        if (processor.Raw(key).ValueKind == JsonValueKind.Number)
            return (processor.Count(key), false);
        var size = processor.Section(key);
        (int Side, bool Square) found;
        if (size.Has("shortest_edge"))
        {
            found = (size.Count("shortest_edge"), false);
        }
        else
        {
            if (size.Count("height") != size.Count("width"))
                processor.Refuse(key, "height and width must be equal");
            found = (size.Count("height"), true);
        }

        size.RefuseOthers(new HashSet<string>());
        return found;
    }

    /// <summary>Pillow's numbers of filters.</summary>
    private static Interpolation Filter(ConfigReader processor, Interpolation missing) => !processor.Has("resample") ? missing : processor.Number("resample") switch
    {
        0 => Interpolation.Nearest,
        2 => Interpolation.Bilinear,
        3 => Interpolation.Bicubic,
        4 => Interpolation.Area,
        _ => Refuse(processor, "resample", "supported are nearest (0), bilinear (2), bicubic (3) and box (4)", missing),
    };

    private static T Refuse<T>(ConfigReader reader, string key, string supported, T never)
    {
        reader.Refuse(key, supported);
        return never;
    }
}
